#!/bin/dash
echo "good evening from ${0##*/}"
