#!/usr/bin/env zsh
# shellcheck disable=SC1071
# Only zsh counts from one, and from the end.
winds=(west east north)
print "first: $winds[1], last: $winds[-1]"
