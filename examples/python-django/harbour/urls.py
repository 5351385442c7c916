from django.http import HttpResponse
from django.urls import path

from harbour.models import Berth


def berths(request):
    names = Berth.objects.order_by("name").values_list("name", flat=True)
    return HttpResponse(f"berths: {', '.join(names)}\n")


urlpatterns = [path("berths", berths)]
