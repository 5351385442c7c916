from birdhouse import report

print(report())
