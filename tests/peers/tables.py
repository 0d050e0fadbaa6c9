"""Reads a table as another program does, and prints it as JSON: its columns, their types, its rows.

    tables.py FILE.xlsx|FILE.parquet
"""

import json
import sys

path = sys.argv[1]
if path.endswith(".xlsx"):
    from openpyxl import load_workbook
    from openpyxl.utils.escape import unescape

    # As it is stored: a formula would be told as such, by its data type.
    sheet = load_workbook(path).worksheets[0]
    rows = list(sheet.iter_rows())
    header = [cell.value for cell in rows[0]]
    kinds = ["".join(sorted({row[at].data_type for row in rows[1:] if row[at].value is not None})) for at in range(len(header))]
    # Control characters are escaped (ISO/IEC 29500, ST_Xstring); openpyxl leaves that to its user.
    read = lambda cell: unescape(cell.value) if cell.data_type == "s" else cell.value
    values = [[read(cell) for cell in row] for row in rows[1:]]
else:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    header = table.column_names
    kinds = [str(field.type) for field in table.schema]
    values = [list(row.values()) for row in table.to_pylist()]
json.dump({"columns": header, "kinds": kinds, "rows": values}, sys.stdout, default=str)
