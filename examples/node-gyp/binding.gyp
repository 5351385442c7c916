{
  "targets": [
    { "target_name": "tally", "sources": ["tally.c"] }
  ]
}
