package io.sharedredis.identity.accounts;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Seals card data for the database column, so that a copy of the database alone does not give it
 * away.
 */
@Component
class CardVault {

  private static final Logger log = LoggerFactory.getLogger(CardVault.class);

  private final DataProtector protector;
  private final JsonMapper json = JsonMapper.builder().build();

  CardVault(DataProtectionProvider protection) {
    this.protector = protection.protector("identity.payment-cards", "v1");
  }

  String seal(PaymentCard card) {
    return protector.protect(json.writeValueAsString(card));
  }

  /**
   * Opens a sealed card. One that the ring cannot open is treated as unknown: the person types it
   * again.
   */
  Optional<PaymentCard> open(String sealed) {
    try {
      return Optional.of(json.readValue(protector.unprotect(sealed), PaymentCard.class));
    } catch (DataProtectionException e) {
      log.warn(
          "A stored payment card cannot be opened with this key ring; it is left out of userinfo.");
      return Optional.empty();
    }
  }
}
