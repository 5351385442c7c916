#include "points.h"

#include <array>

std::string point_of(int degrees) {
  static const std::array<const char *, 8> points = {"north", "north-east", "east", "south-east",
                                                     "south", "south-west", "west", "north-west"};
  return points[static_cast<std::size_t>(((degrees + 22) / 45) % 8)];
}
