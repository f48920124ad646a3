using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace RecServe.LoadGen;

/// <summary>
/// One kept-alive HTTP/1.1 connection over a blocking socket. On two cores shared with the server, HttpClient's own work would be a good part of
/// what is measured.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = new byte[64 << 10];
    private int _filled;

    public HttpConnection(Uri url, TimeSpan timeout)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)timeout.TotalMilliseconds,
            SendTimeout = (int)timeout.TotalMilliseconds,
        };
        _socket.Connect(url.Host, url.Port);
    }

    /// <summary>Sends a whole request and reads the whole answer; gives the status. The connection is useless after an exception.</summary>
    /// <exception cref="SocketException">The connection failed or timed out.</exception>
    /// <exception cref="InvalidDataException">The answer is not HTTP/1.1 with a length or chunks, or the server closed early.</exception>
    public int Send(ReadOnlySpan<byte> request, out string? failure)
    {
        while (!request.IsEmpty)
        {
            request = request[_socket.Send(request)..];
        }

        _filled = 0;
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            Receive();
        }

        var header = _buffer.AsSpan(0, end + 2);
        if (!header.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(header[9..], out int status, out _))
        {
            throw new InvalidDataException("The answer is not HTTP/1.1.");
        }

        var body = end + 4;
        var length = Length(header);
        var close = length >= 0 ? ReadTo(body + length) : ReadChunks(body);
        failure = status is >= 200 and < 300 ? null : Encoding.UTF8.GetString(_buffer, body, Math.Min(close - body, 500));
        return status;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The content length, or −1 where the body comes in chunks.</summary>
    private static int Length(ReadOnlySpan<byte> header)
    {
        foreach (var range in header.Split("\r\n"u8))
        {
            var line = Encoding.ASCII.GetString(header[range]);
            if (line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase))
            {
                return int.Parse(line.AsSpan(15).Trim());
            }
        }

        return -1;
    }

    private int ReadTo(int end)
    {
        while (_filled < end)
        {
            Receive();
        }

        return end;
    }

    /// <summary>Reads chunks until the empty one; gives the position after it.</summary>
    private int ReadChunks(int position)
    {
        while (true)
        {
            int line;
            while ((line = _buffer.AsSpan(position, _filled - position).IndexOf("\r\n"u8)) < 0)
            {
                Receive();
            }

            if (!Utf8Parser.TryParse(_buffer.AsSpan(position, line), out int size, out _, 'x'))
            {
                throw new InvalidDataException("A chunk has no size.");
            }

            position = ReadTo(position + line + 2 + size + 2);
            if (size == 0)
            {
                return position;
            }
        }
    }

    private void Receive()
    {
        if (_filled == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = _socket.Receive(_buffer.AsSpan(_filled));
        _filled += read > 0 ? read : throw new InvalidDataException("The server closed the connection in the middle of an answer.");
    }
}
