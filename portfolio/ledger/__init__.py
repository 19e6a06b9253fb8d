"""Program + raw solution -> Plan on the publication grid (docs/published-rules.md)."""
