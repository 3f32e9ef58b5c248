package io.sharedredis.identity.accounts;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person who can sign in, without password and card.
 *
 * @param id the {@code sub} of every token; never changes
 * @param loginName what the person types, lower case; the {@code unique_name} of every token
 */
public record Account(
    UUID id,
    String loginName,
    boolean enabled,
    String firstName,
    String lastName,
    String email,
    boolean emailVerified,
    Address address) {

  /** Where orders go; each part may be unknown. */
  public record Address(
      @Nullable String street,
      @Nullable String city,
      @Nullable String state,
      @Nullable String country,
      @Nullable String zipCode) {}
}
