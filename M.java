import java.util.*;import java.io.*;import java.util.zip.*;import com.github.luben.zstd.*;import org.bson.*;import org.bson.types.*;import java.nio.*;import java.security.*;
public class M{public static void main(String[] a)throws Exception{
 List<byte[]> docs=new ArrayList<>();long raw=0;
 try(BufferedReader r=new BufferedReader(new InputStreamReader(new GZIPInputStream(new FileInputStream("/work/shared/data/cities.ndjson.gz")),"UTF-8"))){String l;while((l=r.readLine())!=null){BsonDocument d=new BsonDocument("_id",new BsonObjectId(new ObjectId()));d.putAll(BsonDocument.parse(l));RawBsonDocument x=new RawBsonDocument(d,new org.bson.codecs.BsonDocumentCodec());byte[] b=new byte[x.getByteBuffer().remaining()];x.getByteBuffer().get(b);docs.add(b);raw+=b.length;}}
 System.out.println(docs.size()+" "+raw+" avg "+raw/docs.size());
 for(int f:new int[]{24,64,128,256})for(int lv:new int[]{1,3,6,9})for(int dict:new int[]{0,1}){
  ZstdCompressCtx c=new ZstdCompressCtx();c.setLevel(lv);c.setContentSize(false);c.setChecksum(false);c.setDictID(false);
  if(dict==1){ZstdDictTrainer t=new ZstdDictTrainer(4<<20,32<<10,lv);for(int i=0;i+f<=docs.size();i+=f*8){ByteArrayOutputStream o=new ByteArrayOutputStream();for(int j=i;j<Math.min(docs.size(),i+Math.min(f,24));j++)o.write(docs.get(j));t.addSample(o.toByteArray());}
    long t0=System.nanoTime();byte[] d=t.trainSamples();System.out.print("train "+(System.nanoTime()-t0)/1000000+"ms "+d.length+" ");c.loadDict(new ZstdDictCompress(d,lv));}
  long out=0,pages=0;long t0=System.nanoTime();
  for(int i=0;i<docs.size();i+=f){ByteArrayOutputStream o=new ByteArrayOutputStream();for(int j=i;j<Math.min(docs.size(),i+f);j++){o.write(docs.get(j));}
   out+=c.compress(o.toByteArray()).length;pages++;}
  double s=(System.nanoTime()-t0)/1e9;
  System.out.printf("fan %d lv %d dict %d: %.2fx  %.0f kdocs/s%n",f,lv,dict,(double)raw/out,docs.size()/s/1000);
 }}}
