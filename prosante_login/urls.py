from django.urls import URLPattern

app_name = "prosante_login"
urlpatterns: list[URLPattern] = []
