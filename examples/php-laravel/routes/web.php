<?php

use Illuminate\Support\Facades\Route;

Route::view('/', 'tides', ['tides' => ['05:12', '17:40']]);
