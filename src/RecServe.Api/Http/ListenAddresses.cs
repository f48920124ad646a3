using Microsoft.AspNetCore.Http;

namespace RecServe.Api.Http;

/// <summary>The addresses of <see cref="ServingOptions.Urls"/>.</summary>
internal static class ListenAddresses
{
    /// <summary>Splits and checks them, so that a typing error is told before models are loaded.</summary>
    /// <exception cref="ServingException">One is no <c>http://host:port</c>.</exception>
    public static string[] Checked(string urls)
    {
        string[] addresses = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string address in addresses)
        {
            if (!IsHttp(address))
                throw new ServingException($"'{address}' is no address to listen on; write http://host:port, such as http://127.0.0.1:8080");
        }

        return addresses.Length > 0 ? addresses : throw new ServingException("no address to listen on is given");
    }

    private static bool IsHttp(string address)
    {
        try
        {
            BindingAddress parsed = BindingAddress.Parse(address);
            return parsed.Scheme == "http" && parsed.PathBase.Length == 0 && parsed.Port is >= 0 and <= 65_535;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
