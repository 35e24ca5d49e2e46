"""Every table of the registry; importing this package fills the metadata that migrations compare with."""

from registry.models.account import Account, ApiToken, AuditLine, MailEntry, Meta, SignIn
from registry.models.government import Adjacency, Government, Succession, Zone, ZoneMember, ZoneSet
from registry.models.harvest import HarvestRun, Issue, KeptPage, Record, RunItem, Source
from registry.models.overlap import ComparedPair, OverlapGroup, OverlapMember, PreCheck, Verdict
from registry.models.platform import Decision, OutboxEntry, Platform, PlatformKey, Probe, Statement
from registry.models.usage import ReportFigure, SurveyAnswer, UsageFigure, UsageReport

__all__ = [
    "Account",
    "Adjacency",
    "ApiToken",
    "AuditLine",
    "ComparedPair",
    "Decision",
    "Government",
    "HarvestRun",
    "Issue",
    "KeptPage",
    "MailEntry",
    "Meta",
    "OutboxEntry",
    "OverlapGroup",
    "OverlapMember",
    "Platform",
    "PlatformKey",
    "PreCheck",
    "Probe",
    "Record",
    "ReportFigure",
    "RunItem",
    "SignIn",
    "Source",
    "Statement",
    "Succession",
    "SurveyAnswer",
    "UsageFigure",
    "UsageReport",
    "Verdict",
    "Zone",
    "ZoneMember",
    "ZoneSet",
]
