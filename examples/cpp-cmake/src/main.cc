#include <iostream>

#include "points.h"

int main() {
  for (int degrees : {0, 140, 350}) std::cout << degrees << " is " << point_of(degrees) << '\n';
}
