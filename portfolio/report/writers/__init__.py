"""One writer per format; each takes the same briefing and returns the file's bytes.

deck: `write_deck(said, template)` · workbook: `write_workbook(said)` · markdown: `write_markdown(said, images)` · data: `write_json(said)`,
`write_csv(table)`, `write_parquet(table, said)` · figures: `write_figure(said, name, form, size)` · files: `files(said, form)` names and writes all
files of xlsx, md, json, csv, parquet, png and svg.
"""
