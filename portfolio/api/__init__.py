"""The public functions, flat: load, check, allocate, audit. `import portfolio` offers them lazily."""
