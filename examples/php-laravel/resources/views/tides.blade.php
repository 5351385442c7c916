<!doctype html>
<title>Tides</title>
@vite('resources/js/app.js')
<p>high water at {{ implode(' and ', $tides) }}</p>
