#pragma once

#include <string>

// The name of the point that an angle in degrees is next to.
std::string point_of(int degrees);
