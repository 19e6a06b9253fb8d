"""What a user may write, validated when built. Start with `instance.Instance`; `validate.parse_instance` lists every problem at once."""
