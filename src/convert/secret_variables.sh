# Gives secrets that are files to its arguments as variables. In front of it stands `railpack_names`: which ones. The names of its own
# variables are long, because they would replace those that the arguments have.
railpack_directory=/run/railpack/secret-variables

# shellcheck disable=SC2154
for railpack_name in $railpack_names; do
    railpack_value=
    if [ -f "$railpack_directory/$railpack_name" ]; then
        # The text behind the value keeps its last line ends, which `$(...)` would drop.
        railpack_value=$(cat "$railpack_directory/$railpack_name" && echo .)
        railpack_value=${railpack_value%.}
    fi
    export "$railpack_name=$railpack_value"
done

exec "$@"
