# shellcheck shell=sh
echo "report of $(cat month.txt), by ${0##*/}"
