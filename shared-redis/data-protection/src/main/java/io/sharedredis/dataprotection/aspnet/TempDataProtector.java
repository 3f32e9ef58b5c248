package io.sharedredis.dataprotection.aspnet;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import java.util.Optional;

/**
 * The TempData cookie of ASP.NET Core MVC: JSON text, protected, base64url, in a chunked cookie.
 * Values carry no types; text that looks like a date or GUID is read as one by .NET. This class
 * leaves the JSON as it is; {@code TempDataCookie} of the module {@code spring} reads and writes
 * the values. Thread-safe.
 */
public final class TempDataProtector {
  /** Default name of the cookie. */
  public static final String COOKIE_NAME = ".AspNetCore.Mvc.CookieTempDataProvider";

  private final DataProtector protector;

  public TempDataProtector(DataProtectionProvider provider) {
    this.protector = provider.protector("Microsoft.AspNetCore.Mvc.CookieTempDataProviderToken.v1");
  }

  /**
   * @param json one JSON object
   */
  public String protect(String json) {
    return protector.protect(json);
  }

  /** The JSON text, or empty if the value is not accepted. */
  public Optional<String> unprotect(String value) {
    try {
      return Optional.of(protector.unprotect(value));
    } catch (DataProtectionException e) {
      return Optional.empty();
    }
  }
}
