# shellcheck shell=bash
# Python for the test builder image. No package registry has an interpreter, and compiling one takes minutes; but where
# pyenv is, compiled ones are there to be taken. They are made independent of their place and of the host's libraries.

STORE=$STATE/store

pyenv_versions() {
  local directory
  for directory in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*; do
    [ ! -x "$directory/bin/python3" ] || [ -L "$directory" ] || [ ! -e "$directory/bin/idle3" ] || printf '%s\n' "${directory##*/}"
  done | sort -V | tail -n "${RAILPACK_INTEGRATION_PYTHONS:-3}"
}

python_store_ready() {
  local version
  mkdir -p "$STORE"
  for version in $(pyenv_versions); do [ -d "$STORE/python/$version" ] || return 1; done
}

python_store_fill() {
  local version
  mkdir -p "$STORE/python"
  for version in $(pyenv_versions); do
    [ -d "$STORE/python/$version" ] || python_relocate "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version" "$STORE/python/$version"
  done
}

# python_relocate FROM TO
python_relocate() {
  local from=$1 to=$2.new library file
  rm -rf "$to"
  mkdir -p "$to"
  # Without the tests, Tk, static libraries, compiled bytecode and what has been installed with pip since.
  tar -C "$from" -c --exclude=__pycache__ --exclude='./lib/python3*/test' --exclude='./lib/python3*/site-packages/*' \
    --exclude='./lib/python3*/idlelib' --exclude='./lib/python3*/tkinter' --exclude='_tkinter*' --exclude='*.a' \
    --exclude='./bin/idle*' --exclude='./bin/2to3*' --exclude='./bin/pip*' . | tar -C "$to" -x
  # The libraries that the interpreter's modules want, but the C library's own: the deployed image may not have them.
  for library in $(find "$to" -name '*.so' -exec ldd {} + 2>/dev/null | awk '$2 == "=>" && $3 ~ "^/" { print $3 }' | sort -u); do
    case ${library##*/} in
      libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | libpython3*) ;;
      *) cp -L "$library" "$to/lib/" ;;
    esac
  done
  for file in "$to"/bin/python3.[0-9] "$to"/bin/python3.[0-9][0-9] "$to"/lib/*.so* "$to"/lib/python3*/lib-dynload/*.so; do
    [ ! -f "$file" ] || [ -L "$file" ] || {
      # Modules are two folders below lib, programs beside it, libraries in it.
      # shellcheck disable=SC2016
      patchelf --set-rpath '$ORIGIN/../lib:$ORIGIN/../..:$ORIGIN' "$file"
      strip --strip-unneeded "$file"
    }
  done
  { grep -rlIF "$from" "$to" || true; } | xargs -r -d '\n' sed -i "s#$from#@PREFIX@#g"
  mv "$to" "$2"
}
