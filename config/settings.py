"""The one place where settings are read: environment variables and an optional TOML file.

Every field has a default that suits one office on one machine, and one sentence that says what it is for;
the sentence is what `metaplatform doctor --settings` and config/README.md show.
"""

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PROJECT = Path(__file__).resolve().parent.parent
CONFIG = Path(__file__).resolve().parent


class Settings(BaseSettings):
    """Settings of one installation, read from METAPLATFORM_… variables and HOME/metaplatform.toml."""

    model_config = SettingsConfigDict(env_prefix="METAPLATFORM_", extra="ignore")

    home: Path = Field(PROJECT / "var", description="The folder that holds all state; copy, move or delete it.")
    database_url: str = Field("", description="PostgreSQL URL; empty means SQLite inside the home folder.")
    elasticsearch_url: str = Field(
        "", description="Elasticsearch URLs, separated by commas; empty means the embedded engine."
    )
    elasticsearch_api_key: str = Field("", description="API key for Elasticsearch.")
    elasticsearch_ca: str = Field("", description="CA certificate file for Elasticsearch over TLS.")
    elasticsearch_index: str = Field("metaplatform", description="Name of the alias the indices stand behind.")
    elasticsearch_shards: int = Field(1, ge=1, le=64, description="Primary shards of a new index.")
    elasticsearch_replicas: int = Field(0, ge=0, le=8, description="Replicas of a new index.")
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8600, ge=0, le=65535, description="Port the web server listens on; 0 picks a free one.")
    public_url: str = Field("", description="Address the public uses, for feeds, links and cookies.")
    official_site: bool = Field(False, description="Show the official e-government masthead (official sites only).")
    contact: str = Field("", description="Contact address named to every source; nothing is sent outside without it.")
    allow_private_addresses: bool = Field(
        False, description="Let harvesters reach loopback and private addresses (tests and the demo)."
    )
    max_body_bytes: int = Field(20_000_000, ge=1000, description="Largest body read from a source, decompressed.")
    request_timeout: float = Field(20.0, gt=0, description="Seconds one connection step may take.")
    request_deadline: float = Field(120.0, gt=0, description="Seconds one whole request may take.")
    host_delay: float = Field(1.0, ge=0, description="Seconds between two requests to one host.")
    run_request_budget: int = Field(2000, ge=1, description="Requests one harvest run may make.")
    run_time_budget: float = Field(3600.0, gt=0, description="Seconds one harvest run may take.")
    raw_keep_days: float = Field(
        90.0, ge=0, description="Days a raw payload is kept after nothing refers to it any more; 0 keeps all for ever."
    )
    lease_seconds: float = Field(60.0, gt=0, description="Seconds a harvest lease lasts without a heartbeat.")
    worker_threads: int = Field(2, ge=1, le=32, description="Sources harvested at the same time by one worker.")
    smtp_url: str = Field("", description="SMTP server for digests, smtp://user:password@host:port; empty is off.")
    mail_from: str = Field("", description="Sender address of digests.")
    zone_set: str = Field("flow_2023_r3", description="The living-zone set shown when a person has not chosen one.")
    sign_ins_per_minute: int = Field(10, ge=0, description="Sign-ins one address may try in a minute; 0 is no limit.")
    writes_per_minute: int = Field(
        120, ge=0, description="Forms and writing calls one address may send in a minute; 0 is no limit."
    )
    program_requests_per_minute: int = Field(
        1200, ge=0, description="Reading calls to the interfaces one address may make in a minute; 0 is no limit."
    )
    session_hours: int = Field(12, ge=1, le=720, description="Hours a sign-in lasts.")
    log_level: str = Field("INFO", description="Least severe log line that is written.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over HOME/metaplatform.toml."""
        home = init_settings().get("home") or env_settings().get("home") or PROJECT / "var"
        toml = TomlConfigSettingsSource(settings_cls, toml_file=Path(home) / "metaplatform.toml")
        return init_settings, env_settings, toml

    @property
    def sqlalchemy_url(self) -> str:
        """The database URL that SQLAlchemy takes."""
        if not self.database_url:
            return f"sqlite:///{self.home / 'registry.sqlite'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def raw_folder(self) -> Path:
        """Where raw payloads are kept, named by their hash."""
        return self.home / "raw"

    @property
    def index_folder(self) -> Path:
        """Where the embedded search engine keeps its indices."""
        return self.home / "index"


@lru_cache
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
