<?php

$tides = ['05:12', '17:40'];

header('Content-Type: text/plain');
echo 'high water at ', implode(' and ', $tides), "\n";
