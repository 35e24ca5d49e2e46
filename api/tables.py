"""A table as a file for spreadsheets."""

import csv
import io
from typing import Any

from fastapi.responses import Response

BOM = "\ufeff"


def csv_answer(name: str, header: list[str], lines: list[list[Any]]) -> Response:
    """A table as a CSV file that a spreadsheet opens in Korean; what nobody knows stays empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([["" if one is None else one for one in line] for line in lines])
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(BOM + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
