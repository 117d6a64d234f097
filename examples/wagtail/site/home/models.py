from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.images import get_image_model_string
from wagtail.models import Page


class Article(Page):
    text = models.TextField()
    picture = models.ForeignKey(get_image_model_string(), null=True, on_delete=models.SET_NULL, related_name="+")
    content_panels = [*Page.content_panels, FieldPanel("text"), FieldPanel("picture")]
