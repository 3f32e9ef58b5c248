package io.sharedredis.identity;

import io.sharedredis.starter.InvalidSettingException;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What a deployment decides about this app beyond the settings of every replica. Immutable; a bad
 * value stops the start with an error that names the environment variable.
 *
 * @param clientSecret the shop's client secret, the same on every replica of both apps ({@code
 *     WEBSPA_CLIENT_SECRET})
 * @param demoUsers whether alice and bob are put into the database
 * @param showDemoUsers whether the sign-in page names them and their password
 */
@ConfigurationProperties("identity")
public record IdentitySettings(String clientSecret, boolean demoUsers, boolean showDemoUsers) {

  public IdentitySettings {
    if (clientSecret.isBlank()) {
      throw new InvalidSettingException(
          "WEBSPA_CLIENT_SECRET",
          "",
          "is empty, so the shop cannot be told from anybody else",
          "Set it to a random text, the same for every replica of identity-app and webspa-app.");
    }
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "IdentitySettings[demoUsers=%s, showDemoUsers=%s]".formatted(demoUsers, showDemoUsers);
  }
}
