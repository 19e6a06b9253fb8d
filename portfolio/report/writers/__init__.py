"""One writer per format; each takes the same briefing and returns the file's bytes.

deck: `write_deck(said, template)` · workbook: `write_workbook(said)` · markdown: `write_markdown(said, images)` · data: `write_json(said)`,
`write_csv(table)`, `write_parquet(table, said)` · files: `files(said, form)` names and writes all files of a format other than slides and pages.
"""
