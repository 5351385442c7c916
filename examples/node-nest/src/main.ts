import "reflect-metadata";
import { Controller, Get, Injectable, Module, Param, ParseIntPipe } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";

@Injectable()
class Bells {
  /** A ship's bell: one to eight strokes, one more every half hour. */
  at(minutes: number): number {
    return ((Math.floor(minutes / 30) + 7) % 8) + 1;
  }
}

@Controller("bells")
class BellsController {
  constructor(private readonly bells: Bells) {}

  @Get(":minutes")
  strike(@Param("minutes", ParseIntPipe) minutes: number) {
    return { minutes, strokes: this.bells.at(minutes) };
  }
}

@Module({ controllers: [BellsController], providers: [Bells] })
class App {}

NestFactory.create(App).then((app) => app.listen(process.env.PORT ?? 3000));
