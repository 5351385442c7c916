import { Component, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";

@Component({
  selector: "app-root",
  template: `<button (click)="day.set(day() + 1)">Day {{ day() }}</button>`,
})
class Almanac {
  protected readonly day = signal(1);
}

bootstrapApplication(Almanac, { providers: [provideZonelessChangeDetection()] });
