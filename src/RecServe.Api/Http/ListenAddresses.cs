using System.Net;
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
            if (!IsHttp(address, out string host))
                throw new ServingException($"'{address}' is no address to listen on; write http://host:port, such as http://127.0.0.1:8080");

            // The web server takes any other name for "every interface": a typing error would open a loopback server to the network.
            if (host is not ("localhost" or "*" or "+") && !IPAddress.TryParse(host, out _))
                throw new ServingException($"'{address}' is no address to listen on: '{host}' is neither an IP address nor localhost; * means every interface");
        }

        return addresses.Length > 0 ? addresses : throw new ServingException("no address to listen on is given");
    }

    private static bool IsHttp(string address, out string host)
    {
        host = "";
        try
        {
            BindingAddress parsed = BindingAddress.Parse(address);
            host = parsed.Host;
            return parsed.Scheme == "http" && parsed.PathBase.Length == 0 && parsed.Port is >= 0 and <= 65_535;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
