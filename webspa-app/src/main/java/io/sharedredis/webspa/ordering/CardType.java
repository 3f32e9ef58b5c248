package io.sharedredis.webspa.ordering;

import java.util.List;
import java.util.Optional;

/** A kind of card the simulated payment takes. */
record CardType(int id, String name) {

  static final List<CardType> ALL =
      List.of(new CardType(1, "Amex"), new CardType(2, "Visa"), new CardType(3, "MasterCard"));

  static Optional<CardType> of(int id) {
    return ALL.stream().filter(type -> type.id == id).findFirst();
  }
}
