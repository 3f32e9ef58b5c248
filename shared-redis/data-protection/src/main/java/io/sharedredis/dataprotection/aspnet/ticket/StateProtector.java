package io.sharedredis.dataprotection.aspnet.ticket;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.crypto.PayloadText;
import java.util.Optional;

/** The {@code state} of OAuth and OpenID Connect handlers: a protected properties block. */
public final class StateProtector {
  private final DataProtector protector;

  /**
   * @param handlerType full .NET name of the handler's class; that of the generic {@code AddOAuth}
   *     handler holds the version of ASP.NET Core
   */
  public StateProtector(DataProtectionProvider provider, String handlerType, String scheme) {
    this.protector = provider.protector(handlerType, scheme, "v1");
  }

  public String protect(TicketProperties state) {
    return PayloadText.encode(protector.protect(TicketFormat.writeProperties(state)));
  }

  /** The properties, or empty if the text is not accepted, whatever the reason. */
  public Optional<TicketProperties> unprotect(String text) {
    try {
      byte[] plaintext = protector.unprotect(PayloadText.decode(text));
      return Optional.of(TicketFormat.readProperties(plaintext));
    } catch (DataProtectionException e) {
      return Optional.empty();
    }
  }
}
