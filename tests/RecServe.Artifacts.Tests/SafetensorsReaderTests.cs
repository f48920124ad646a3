using System.Buffers.Binary;
using System.Text;

namespace RecServe.Artifacts.Tests;

public class SafetensorsReaderTests
{
    /// <summary>Header text, bytes that follow it, and the message after the file's name.</summary>
    public static TheoryData<string, int, string> Refused => new()
    {
        { "", 0, "the header does not start with '{'" },
        { "[]", 0, "the header does not start with '{'" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "tensor 'a' ends at byte 8, the file has 7 after its header" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "1 bytes follow the last tensor" },
        { """{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "tensor 'a': dtype 'F8_E4M3' is not known" },
        { """{"a":{"dtype":"9","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a': dtype '9' is not known" },
        { """{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a': dtype 'f32' is not known" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "tensor 'a': F32 [3] needs 12 bytes, data_offsets span 8" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "tensor 'a': data_offsets [8, 0] are not [begin, end]" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}}""", 8, "tensor 'a': data_offsets [0, 8, 16] are not [begin, end]" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "tensor 'a': shape[0] is no whole number from 0 to 9223372036854775807" },
        { """{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "tensor 'a': shape[0] is no whole number from 0 to 9223372036854775807" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551624]}}""", 8, "tensor 'a': data_offsets[1] is no whole number from 0 to 9223372036854775807" },
        { """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "tensor 'a': shape [4611686018427387904, 4] overflows 64 bits" },
        { """{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}""", 8, "tensor 'a' ends at byte 9223372036854775807, the file has 8 after its header" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "tensor 'a' stands twice in the header" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "tensor 'b' begins at byte 4, inside 'a', which ends at 8" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}""", 20, "tensor 'b' begins at byte 12, leaving a hole after a, which ends at 8" },
        { """{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "tensor 'a': dtype, shape and data_offsets are required" },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "tensor 'a': 'dtype' is unexpected, repeated or of the wrong type" },
        { """{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "tensor 'a': shape is no array" },
        { """{"a":[]}""", 0, "tensor 'a': the header entry is no object" },
        { """{"__metadata__":{"a":1}}""", 0, "'__metadata__.a' is no string" },
        { """{"__metadata__":[]}""", 0, "'__metadata__' is no object of strings" },
        { """{"__metadata__":{"a":"1","a":"2"}}""", 0, "'__metadata__.a' stands twice in the header" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Header_that_breaks_a_rule_is_refused(string header, int dataBytes, string message) =>
        Assert.Equal($"x.safetensors: {message}", Message(File(header, dataBytes)));

    [Theory]
    [InlineData("{")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}} x""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[0]]]],"data_offsets":[0,0]}}""")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""")]
    public void Header_that_is_no_json_is_refused(string header) =>
        Assert.Contains("x.safetensors: ", Message(File(header, 0)), StringComparison.Ordinal);

    [Fact]
    public void File_shorter_than_its_length_field_is_refused() =>
        Assert.Equal("x.safetensors: has 7 bytes, a safetensors file has at least 8", Message(new byte[7]));

    [Theory]
    [InlineData(3UL, "the header length is 3 bytes, but only 2 follow")]
    [InlineData((4UL << 20) + 1, "the header length is 4194305 bytes, the limit is 4194304")]
    [InlineData(ulong.MaxValue, "the header length is 18446744073709551615 bytes, the limit is 4194304")]
    public void Header_length_beyond_the_file_or_the_limit_is_refused(ulong length, string message)
    {
        byte[] file = new byte[10];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        Assert.Equal($"x.safetensors: {message}", Message(file));
    }

    [Fact]
    public void Random_edits_of_a_valid_file_are_read_or_refused_never_worse()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("a", TensorType.F32, [2, 3], new float[6]);
        writer.Add<ulong>("b", TensorType.U64, [3], new ulong[3]);
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        var random = new Random(5);
        int refused = 0;
        for (int trial = 0; trial < 4000; trial++)
        {
            byte[] file = stream.ToArray();
            for (int edit = random.Next(1, 4); edit > 0; edit--)
                file[random.Next(file.Length - 48)] = (byte)random.Next(256);
            try
            {
                var reader = new SafetensorsReader(new MemoryStream(file), "x");
                foreach (SafetensorsTensor tensor in reader.Tensors)
                    Assert.Equal(tensor.Bytes, reader.Read<byte>(tensor).Length);
            }
            catch (PackageException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 3000, 4000);
    }

    private static string Message(byte[] file) =>
        Assert.Throws<PackageException>(() => new SafetensorsReader(new MemoryStream(file), "x.safetensors")).Message;

    private static byte[] File(string header, int dataBytes)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        return [.. length, .. text, .. new byte[dataBytes]];
    }
}
