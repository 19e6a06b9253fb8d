"""Read a result as pandas DataFrames; units stand in `frame.attrs`."""

import portfolio

result = portfolio.solve("toy", gap=0)
frames = portfolio.plan_frames(result)

choices, payments, ledger = frames["choices"], frames["payments"], frames["ledger"]
print(choices[["programme", "option", "public"]].to_string(index=False))
print("unit:", payments.attrs["unit"], "| total paid:", payments["amount"].sum())

# The ledger's identity, fund by fund and year by year.
left = ledger["committed"] + ledger["carried_out"] + ledger["lapsed"]
assert ((left - ledger["authority"] - ledger["carried_in"]).abs() < 1e-9).all()
# The audit, in exact arithmetic.
assert portfolio.audit_result(result).violations == ()
