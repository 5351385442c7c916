#include <stdio.h>

int main(void) {
  const double kilometres_per_mile = 1.852;
  for (int knots = 5; knots <= 15; knots += 5) printf("%d knots are %.1f km/h\n", knots, knots * kilometres_per_mile);
  return 0;
}
