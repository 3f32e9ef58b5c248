/**
 * Optional parts for farms on Azure: master keys wrapped by a key of Key Vault as {@code
 * ProtectKeysWithAzureKeyVault} of ASP.NET Core does it, and the secret of entry authentication out
 * of Key Vault.
 */
@NullMarked
package io.sharedredis.azure;

import org.jspecify.annotations.NullMarked;
