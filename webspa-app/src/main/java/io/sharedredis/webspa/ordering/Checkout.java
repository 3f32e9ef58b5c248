package io.sharedredis.webspa.ordering;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.sharedredis.webspa.web.ShopProblem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a buyer fills in at checkout, unchecked. Its card number and security code live as long as
 * the request: they are neither stored nor printed.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Checkout(
    @Nullable String street,
    @Nullable String city,
    @Nullable String state,
    @Nullable String country,
    @JsonAlias("zipcode") @Nullable String zipCode,
    @Nullable String cardNumber,
    @Nullable String cardHolderName,
    @Nullable String cardExpiration,
    @Nullable String cardSecurityNumber,
    @Nullable Integer cardTypeId) {

  /** Characters of one line of an address: the longest place name has 85. */
  private static final int MAX_TEXT = 120;

  Address address() {
    return new Address(
        text("street", street),
        text("city", city),
        text("state", state),
        text("country", country),
        text("zipCode", zipCode));
  }

  /** The card, if it can be one that is valid at this instant. */
  PaymentCard card(Instant now) {
    text("cardHolderName", cardHolderName);
    String digits = cardNumber == null ? "" : cardNumber.replaceAll("[ -]", "");
    if (!digits.matches("[0-9]{12,19}")) {
      throw ShopProblem.badInput("cardNumber", "cardNumber must have 12 to 19 digits");
    }
    if (cardSecurityNumber == null || !cardSecurityNumber.matches("[0-9]{3}")) {
      throw ShopProblem.badInput("cardSecurityNumber", "cardSecurityNumber must have 3 digits");
    }
    CardExpiration expiration = CardExpiration.parse(cardExpiration);
    if (expiration.past(now)) {
      throw ShopProblem.badInput("cardExpiration", "cardExpiration must lie in the future");
    }
    CardType type =
        CardType.of(cardTypeId == null ? 1 : cardTypeId)
            .orElseThrow(() -> ShopProblem.badInput("cardTypeId", "cardTypeId must be 1, 2 or 3"));
    return new PaymentCard(type, digits.substring(digits.length() - 4));
  }

  private static String text(String field, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw ShopProblem.badInput(field, field + " is empty");
    }
    if (value.length() > MAX_TEXT || value.chars().anyMatch(Character::isISOControl)) {
      throw ShopProblem.badInput(
          field, field + " must be plain text of at most " + MAX_TEXT + " characters");
    }
    return value.strip();
  }

  /** Names no field: a record's own would print the card. */
  @Override
  public String toString() {
    return "Checkout[not shown]";
  }
}
