package io.sharedredis.webspa.ordering;

/** All the shop keeps of a card. */
record PaymentCard(CardType type, String lastFour) {}
