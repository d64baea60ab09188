from django.urls import URLPattern

app_name = "bhod"
urlpatterns: list[URLPattern] = []
