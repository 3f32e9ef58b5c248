package io.sharedredis.azure.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who this application is for Azure, where the environment ({@code AZURE_CLIENT_ID}, {@code
 * AZURE_TENANT_ID}, what AKS injects) does not say it.
 *
 * @param tenantId directory to sign in to
 * @param clientId managed identity or workload identity to sign in as
 */
@ConfigurationProperties("shared-redis.azure")
public record AzureProperties(@Nullable String tenantId, @Nullable String clientId) {}
