package io.sharedredis.azure.spring;

import com.azure.core.credential.TokenCredential;
import io.sharedredis.starter.InvalidSettingException;
import org.springframework.beans.factory.ObjectProvider;

/** The application's credential, or an error that says how to get one. */
final class Credentials {

  private Credentials() {}

  static TokenCredential required(
      ObjectProvider<TokenCredential> credentials, String setting, Object value) {
    TokenCredential credential = credentials.getIfAvailable();
    if (credential == null) {
      throw new InvalidSettingException(
          setting,
          value,
          "needs a credential for Azure, and there is none",
          "Add com.azure:azure-identity, or a bean of type TokenCredential.");
    }
    return credential;
  }
}
