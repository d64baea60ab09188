from django.urls import URLPattern

app_name = "access_mgmt"
urlpatterns: list[URLPattern] = []
