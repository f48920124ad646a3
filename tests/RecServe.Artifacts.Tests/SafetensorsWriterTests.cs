using System.Buffers.Binary;
using System.Text;

namespace RecServe.Artifacts.Tests;

public class SafetensorsWriterTests
{
    [Fact]
    public void File_has_the_bytes_of_the_format()
    {
        var writer = new SafetensorsWriter();
        writer.Add<byte>("c", TensorType.U8, [3], new byte[] { 1, 2, 3 });
        writer.Add<float>("b", TensorType.F32, [], new[] { 1f });
        writer.Add<ulong>("a", TensorType.U64, [1, 1], new[] { 5UL });
        writer.AddMetadata("k", "v");
        const string Header = """{"__metadata__":{"k":"v"},"a":{"dtype":"U64","shape":[1,1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"c":{"dtype":"U8","shape":[3],"data_offsets":[12,15]}}""";
        string padded = Header.PadRight((Header.Length + 7) / 8 * 8);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)padded.Length);
        Assert.Equal([.. length, .. Encoding.UTF8.GetBytes(padded), 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f, 1, 2, 3], Bytes(writer));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(262_144)]
    [InlineData(262_145)]
    public void Tensors_of_odd_lengths_are_read_back(int count)
    {
        float[] values = new float[count];
        var random = new Random(count);
        for (int i = 0; i < count; i++)
            values[i] = random.NextSingle();
        var writer = new SafetensorsWriter();
        writer.Add<float>("x", TensorType.F32, [count, 1], values);
        writer.Add<byte>("odd", TensorType.U8, [1], new byte[] { 9 });
        var reader = new SafetensorsReader(new MemoryStream(Bytes(writer)), "x");
        Assert.Equal(values, reader.Read<float>(reader.Require("x", TensorType.F32, -1, 1)));
        Assert.Equal([9], reader.Read<byte>(reader.Find("odd")!));
        Assert.Null(reader.Find("y"));
    }

    [Fact]
    public void Data_of_another_size_than_the_shape_is_refused()
    {
        var writer = new SafetensorsWriter();
        Assert.Contains("tensor 'x' of shape [3] has 12 bytes, not 8", Assert.Throws<ArgumentException>(
            () => writer.Add<float>("x", TensorType.F32, [3], new float[2])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_used_twice_or_reserved_is_refused()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("x", TensorType.F32, [0], Array.Empty<float>());
        Assert.Throws<ArgumentException>(() => writer.Add<float>("x", TensorType.F32, [0], Array.Empty<float>()));
        Assert.Throws<ArgumentException>(() => writer.Add<float>("__metadata__", TensorType.F32, [0], Array.Empty<float>()));
    }

    private static byte[] Bytes(SafetensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        return stream.ToArray();
    }
}
