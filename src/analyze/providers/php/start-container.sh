#!/bin/bash
# Starts the app: what Laravel needs when its environment is there, then the server.

set -e

if [ "$IS_LARAVEL" = "true" ]; then
  if [ "$RAILPACK_SKIP_MIGRATIONS" != "true" ]; then
    echo "Running the migrations of the database ..."
    php artisan migrate --force
  fi

  php artisan storage:link
  php artisan optimize:clear
  php artisan optimize

  echo "Starting the Laravel server ..."
fi

# In the shell's place, so that the server itself is told when the container has to stop.
exec docker-php-entrypoint --config /Caddyfile --adapter caddyfile 2>&1
