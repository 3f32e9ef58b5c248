package io.sharedredis.azure;

import com.azure.core.exception.HttpResponseException;
import java.util.Set;

/**
 * What an answer of Key Vault means for the key it was asked about.
 *
 * <p>Only an answer that no waiting changes is final: then the key counts as broken and a new one
 * may be made. Missing rights are not final, since role assignments take minutes to arrive, and a
 * farm must not make a new key for that.
 */
final class VaultRefusal {

  /** Codes with status 404 that speak of the key itself, not of a wrong or unfinished vault. */
  private static final Set<String> KEY_IS_GONE = Set.of("KeyNotFound", "SecretNotFound");

  private static final int SHOWN_CHARACTERS = 200;

  private VaultRefusal() {}

  static boolean isFinal(HttpResponseException refusal) {
    return switch (refusal.getResponse().getStatusCode()) {
      case 400 -> true;
      case 404 -> KEY_IS_GONE.stream().anyMatch(text(refusal)::contains);
      default -> false;
    };
  }

  static String describe(HttpResponseException refusal) {
    int status = refusal.getResponse().getStatusCode();
    String hint =
        switch (status) {
          case 401, 403 ->
              " (the identity of this process may lack get, wrapKey or unwrapKey on the key, or the"
                  + " key is disabled or expired)";
          case 404 -> " (the vault does not know this address)";
          case 429 -> " (the vault throttles)";
          default -> "";
        };
    return "status " + status + hint;
  }

  /** The innermost message: outer ones of the SDK repeat request and headers. */
  static String rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String text = root.getClass().getSimpleName() + ": " + root.getMessage();
    String line = text.lines().findFirst().orElse(text);
    return line.length() > SHOWN_CHARACTERS ? line.substring(0, SHOWN_CHARACTERS) : line;
  }

  private static String text(HttpResponseException refusal) {
    return String.valueOf(refusal.getMessage());
  }
}
