#!/bin/bash -e
echo "harbours from A to Z: $(tr '\n' ' ' <sorted.txt)"
exec node newest.js
