package io.sharedredis.identity.accounts;

/**
 * What the checkout form is prefilled with. There is no security code: it may not be stored.
 *
 * @param number digits only
 * @param expiration {@code MM/YY}
 */
public record PaymentCard(String number, String holder, String expiration) {

  /** Shows the last four digits only, so that a card in a log line is harmless. */
  @Override
  public String toString() {
    return "PaymentCard[…" + number.substring(Math.max(0, number.length() - 4)) + "]";
  }
}
