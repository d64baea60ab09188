from django import forms

from training.enums import ClockStep


class ClockAdvanceForm(forms.Form):
    """One step of the clock, and the offset that the page showed when it was asked for."""

    step = forms.ChoiceField(choices=ClockStep)
    seen_offset = forms.DurationField(widget=forms.HiddenInput)

    def clean_step(self) -> ClockStep:
        return ClockStep(self.cleaned_data["step"])
